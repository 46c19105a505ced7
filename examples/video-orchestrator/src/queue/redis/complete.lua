-- Removes a job that is done from the list of jobs in progress, and adds its record to the completed ones: once, also where
-- several workers ask.
-- KEYS: the jobs in progress, the lease, the attempts, the completed. ARGV: the entry, the worker's id, the entry's id, the
-- record, how many records are kept.
local owner = redis.call('GET', KEYS[2])
if (owner and owner ~= ARGV[2]) or redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then
  -- The answer to an earlier call may have been lost; then the record exists already.
  return redis.call('LPOS', KEYS[4], ARGV[4], 'RANK', -1, 'MAXLEN', 1000) and 1 or 0
end
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[3])
redis.call('RPUSH', KEYS[4], ARGV[4])
redis.call('LTRIM', KEYS[4], -ARGV[5], -1)
return 1
