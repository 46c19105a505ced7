-- Puts the jobs whose lease has run out back in front of their queue: those that have rested, and those whose worker was lost.
-- One that was lost too often goes into the dead letters: a job that takes its worker with it must not go on for ever.
-- KEYS: the attempts, the queue, its jobs in hand, its dead letters. ARGV: what the leases' keys begin with, the largest number
-- of attempts, now in milliseconds, the jobs that whoever asks has in hand itself. Answers how many of lost workers were put back, and how many were given up.
local back, dead = 0, 0
local own = {}
for at = 4, #ARGV do
  own[ARGV[at]] = true
end
for _, entry in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  local id = redis.sha1hex(entry)
  if not own[id] and redis.call('EXISTS', ARGV[1] .. id) == 0 then
    local has_rested = redis.call('HDEL', KEYS[1], 'rest:' .. id) == 1
    local attempts = tonumber(redis.call('HGET', KEYS[1], id) or 0)
    redis.call('LREM', KEYS[3], 1, entry)
    if has_rested or attempts < tonumber(ARGV[2]) then
      redis.call('LPUSH', KEYS[2], entry)
      if not has_rested then
        back = back + 1
      end
    else
      local enqueued_at = string.match(entry, '"enqueued_at":(%d+)')
      local letter = '{"error":"its worker was lost, not for the first time","attempts":' .. attempts
      if enqueued_at then
        letter = letter .. ',"enqueued_at":' .. enqueued_at
      end
      letter = letter .. ',"dead_at":' .. ARGV[3] .. ',"entry":' .. cjson.encode(entry) .. '}'
      redis.call('HDEL', KEYS[1], id)
      redis.call('RPUSH', KEYS[4], letter)
      dead = dead + 1
    end
  end
end
return { back, dead }
