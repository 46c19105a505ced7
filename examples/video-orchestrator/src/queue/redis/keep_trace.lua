-- Keeps the span of a job's first attempt, to which the later ones are linked. It is removed with the number of the attempts.
-- KEYS: the lease, the attempts. ARGV: the worker's id, the entry's id, the span.
local problem = wrong_type({ KEYS[1], 'string', KEYS[2], 'hash' })
if problem then
  return problem
end
-- Another worker may have the job by now, or have ended it.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[2], 'trace:' .. ARGV[2], ARGV[3])
return 1
