-- Gives a job back that the worker could not do for reasons of its own: to the front of its queue, without counting the attempt.
local problem = wrong_type({ processing, 'list', lease, 'string', attempts, 'hash', waiting, 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', lease)
if owner and owner ~= worker then
  return 0
end
-- The answer to an earlier call may have been lost, or an error may have ended it; then the job is on its queue already.
local is_waiting = redis.call('LPOS', waiting, entry)
if not redis.call('LPOS', processing, entry) then
  return is_waiting and 1 or answer_elsewhere()
end
if not is_waiting then
  redis.call('LPUSH', waiting, entry)
  -- Also where it becomes 0: that says that a worker has taken it before.
  local taken = (tonumber(redis.call('HGET', attempts, id) or 0) or 0) - 1
  redis.call('HSET', attempts, id, math.max(taken, 0))
end
redis.call('LREM', processing, 1, entry)
redis.call('DEL', lease)
return 1
