-- Removes the registrations of an address: that of the worker that leaves, and those of workers before it that were lost.
-- KEYS: the fleet.
-- ARGV: the address; the largest number of registrations that are looked at.
for _, registration in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2] - 1)) do
  if registration == ARGV[1] or string.sub(registration, 1, #ARGV[1] + 1) == ARGV[1] .. '\n' then
    redis.call('ZREM', KEYS[1], registration)
  end
end
