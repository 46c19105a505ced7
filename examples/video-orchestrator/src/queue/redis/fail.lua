-- Lets a job that has failed rest before it is tried again: it stays among those in hand, with a lease that nobody renews. Where
-- it was tried often enough it goes into the dead letters.
-- KEYS: the jobs in hand, the lease, the attempts, the dead letters. ARGV: the entry, the worker's word, the entry's id, the
-- dead letter, the largest number of attempts, the rest in milliseconds. Answers 0 where the job is not the worker's any more,
-- 1 where it is tried again, 2 where it is given up.
local owner = redis.call('GET', KEYS[2])
-- The answer to an earlier try may have been lost on its way; then the job rests, or is a dead letter, already.
if owner == 'rest:' .. ARGV[2] then
  return 1
end
if owner and owner ~= ARGV[2] then
  return 0
end
if not redis.call('LPOS', KEYS[1], ARGV[1]) then
  return redis.call('LPOS', KEYS[4], ARGV[4], 'RANK', -1, 'MAXLEN', 1000) and 2 or 0
end
if tonumber(redis.call('HGET', KEYS[3], ARGV[3]) or 0) < tonumber(ARGV[5]) then
  redis.call('HSET', KEYS[3], 'rest:' .. ARGV[3], 1)
  redis.call('SET', KEYS[2], 'rest:' .. ARGV[2], 'PX', ARGV[6])
  return 1
end
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[3])
redis.call('RPUSH', KEYS[4], ARGV[4])
return 2
