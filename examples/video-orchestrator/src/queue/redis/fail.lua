-- Lets a job that has failed wait before it is tried again: it stays on the list of jobs in progress, with a lease that is not
-- renewed. After its last attempt it becomes a dead letter. Its own ARGV: the dead letter, the largest number of attempts, the
-- retry delay in milliseconds.
local problem = wrong_type({ processing, 'list', lease, 'string', attempts, 'hash', dead, 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', lease)
-- The answer to an earlier call may have been lost; then the job waits, or is a dead letter, already.
if owner == 'rest:' .. worker then
  return 1
end
if owner and owner ~= worker then
  return 0
end
local is_dead = redis.call('LPOS', dead, ARGV[4], 'RANK', -1, 'MAXLEN', 1000)
if not redis.call('LPOS', processing, entry) then
  return is_dead and 2 or answer_elsewhere()
end
if (tonumber(redis.call('HGET', attempts, id) or 0) or 0) < tonumber(ARGV[5]) then
  redis.call('HSET', attempts, 'rest:' .. id, 1)
  redis.call('SET', lease, 'rest:' .. worker, 'PX', ARGV[6])
  return 1
end
if not is_dead then
  redis.call('RPUSH', dead, ARGV[4])
end
redis.call('LREM', processing, 1, entry)
redis.call('DEL', lease)
redis.call('HDEL', attempts, id, 'trace:' .. id)
return 2
