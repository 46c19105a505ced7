-- Lets a job that has failed wait before it is tried again: it stays on the list of jobs in progress, with a lease that is not
-- renewed. After its last attempt it becomes a dead letter.
-- KEYS: the jobs in progress, the lease, the attempts, the dead letters. ARGV: the entry, the worker's id, the entry's id, the
-- dead letter, the largest number of attempts, the retry delay in milliseconds. Returns 0 where another worker has the job, 1
-- where it is tried again, 2 where it is given up.
local problem = wrong_type({ KEYS[1], 'list', KEYS[2], 'string', KEYS[3], 'hash', KEYS[4], 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', KEYS[2])
-- The answer to an earlier call may have been lost; then the job waits, or is a dead letter, already.
if owner == 'rest:' .. ARGV[2] then
  return 1
end
if owner and owner ~= ARGV[2] then
  return 0
end
local is_dead = redis.call('LPOS', KEYS[4], ARGV[4], 'RANK', -1, 'MAXLEN', 1000)
if not redis.call('LPOS', KEYS[1], ARGV[1]) then
  return is_dead and 2 or 0
end
if (tonumber(redis.call('HGET', KEYS[3], ARGV[3]) or 0) or 0) < tonumber(ARGV[5]) then
  redis.call('HSET', KEYS[3], 'rest:' .. ARGV[3], 1)
  redis.call('SET', KEYS[2], 'rest:' .. ARGV[2], 'PX', ARGV[6])
  return 1
end
if not is_dead then
  redis.call('RPUSH', KEYS[4], ARGV[4])
end
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[3])
return 2
