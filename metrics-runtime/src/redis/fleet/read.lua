-- Reads the registrations, from the newest on.
-- KEYS: the fleet.
-- ARGV: the two times as for a renewal; the largest number of registrations, the most bytes of one, and of all together.
-- Gives the milliseconds until the list is complete (-1: nobody renews it), how many registrations were left out, and the others.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local time_to_live, listed, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local most_of_one, most_of_all = tonumber(ARGV[4]), tonumber(ARGV[5])
local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if not newest or now - newest > time_to_live then
  return { -1, 0, {} }
end
local gap = redis.call('ZSCORE', KEYS[1], 'gap')
if gap and gap + time_to_live > now then
  return { gap + time_to_live - now, 0, {} }
end
local since = '(' .. now - listed
local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', since, 'LIMIT', 0, most)
local left_out = redis.call('ZCOUNT', KEYS[1], since, '+inf') - #found
local registrations, bytes = {}, 0
for _, registration in ipairs(found) do
  if #registration > most_of_one or bytes + #registration > most_of_all then
    left_out = left_out + 1
  elseif registration ~= 'gap' then
    registrations[#registrations + 1] = registration
    bytes = bytes + #registration
  end
end
return { 0, left_out, registrations }
