-- Gives a job back that the worker could not do for reasons of its own: to the front of its queue, without counting the attempt.
-- KEYS: the jobs in progress, the lease, the attempts, the queue. ARGV: the entry, the worker's id, the entry's id. Returns 0
-- where another worker has the job.
local problem = wrong_type({ KEYS[1], 'list', KEYS[2], 'string', KEYS[3], 'hash', KEYS[4], 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[2] then
  return 0
end
-- The answer to an earlier call may have been lost, or an error may have ended it; then the job is on its queue already.
local is_waiting = redis.call('LPOS', KEYS[4], ARGV[1])
if not redis.call('LPOS', KEYS[1], ARGV[1]) then
  return is_waiting and 1 or 0
end
if not is_waiting then
  redis.call('LPUSH', KEYS[4], ARGV[1])
  -- Also where it becomes 0: that says that a worker has taken it before.
  local attempts = (tonumber(redis.call('HGET', KEYS[3], ARGV[3]) or 0) or 0) - 1
  redis.call('HSET', KEYS[3], ARGV[3], math.max(attempts, 0))
end
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[2])
return 1
