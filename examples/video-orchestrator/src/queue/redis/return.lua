-- Puts the jobs whose lease has expired back in front of their queue: those whose retry delay is over, and those of lost workers.
-- A job that was lost too often becomes a dead letter: a job that kills its workers must not be tried without end.
-- KEYS: the attempts, the queue, its jobs in progress, its dead letters. ARGV: the start of the leases' keys, the largest number
-- of attempts, now in milliseconds, the ids of the caller's own jobs. Returns how many jobs of lost workers were put back, and how
-- many were given up.
local problem = wrong_type({ KEYS[1], 'hash', KEYS[2], 'list', KEYS[3], 'list', KEYS[4], 'list' })
if problem then
  return problem
end
local returned, dead = 0, 0
local own = {}
for at = 4, #ARGV do
  own[ARGV[at]] = true
end
for _, entry in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  local id = redis.sha1hex(entry)
  if not own[id] and redis.call('EXISTS', ARGV[1] .. id) == 0 then
    local has_waited = redis.call('HEXISTS', KEYS[1], 'rest:' .. id) == 1
    local attempts = tonumber(redis.call('HGET', KEYS[1], id) or 0) or 0
    if has_waited or attempts < tonumber(ARGV[2]) then
      redis.call('LPUSH', KEYS[2], entry)
      redis.call('LREM', KEYS[3], 1, entry)
      redis.call('HDEL', KEYS[1], 'rest:' .. id)
      if not has_waited then
        returned = returned + 1
      end
    else
      local enqueued_at = string.match(entry, '^{"id":"%x+","enqueued_at":(%d+),')
      local letter = '{"id":"' .. id .. '","error":"its worker was lost at the last attempt","attempts":' .. attempts
      if enqueued_at then
        letter = letter .. ',"enqueued_at":' .. enqueued_at
      end
      letter = letter .. ',"dead_at":' .. ARGV[3] .. ',"entry":' .. cjson.encode(entry) .. '}'
      redis.call('RPUSH', KEYS[4], letter)
      redis.call('LREM', KEYS[3], 1, entry)
      redis.call('HDEL', KEYS[1], id, 'trace:' .. id)
      dead = dead + 1
    end
  end
end
return { returned, dead }
