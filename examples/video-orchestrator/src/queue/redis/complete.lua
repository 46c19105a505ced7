-- Removes a job that is done from the list of jobs in progress, and adds its record to the completed ones: once, also where
-- several workers ask.
-- KEYS: the jobs in progress, the lease, the attempts, the completed. ARGV: the entry, the worker's id, the entry's id, the
-- record, how many records are kept.
local problem = wrong_type({ KEYS[1], 'list', KEYS[2], 'string', KEYS[3], 'hash', KEYS[4], 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', KEYS[2])
-- The answer to an earlier call may have been lost, or an error may have ended it; then the record exists already.
local is_recorded = redis.call('LPOS', KEYS[4], ARGV[4], 'RANK', -1, 'MAXLEN', 1000)
if (owner and owner ~= ARGV[2]) or not redis.call('LPOS', KEYS[1], ARGV[1]) then
  return is_recorded and 1 or 0
end
if not is_recorded then
  redis.call('RPUSH', KEYS[4], ARGV[4])
end
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[3])
redis.call('LTRIM', KEYS[4], -ARGV[5], -1)
return 1
