-- Removes a job that is done from the list of jobs in progress, and adds its record to the completed ones: once, also where
-- several workers ask. Its own ARGV: the record, how many records are kept.
local problem = wrong_type({ processing, 'list', lease, 'string', attempts, 'hash', completed, 'list' })
if problem then
  return problem
end
local owner = redis.call('GET', lease)
-- The answer to an earlier call may have been lost, or an error may have ended it; then the record exists already.
local is_recorded = redis.call('LPOS', completed, ARGV[4], 'RANK', -1, 'MAXLEN', 1000)
if owner and owner ~= worker then
  return is_recorded and 1 or 0
end
if not redis.call('LPOS', processing, entry) then
  return is_recorded and 1 or answer_elsewhere()
end
if not is_recorded then
  redis.call('RPUSH', completed, ARGV[4])
end
redis.call('LREM', processing, 1, entry)
redis.call('DEL', lease)
redis.call('HDEL', attempts, id, 'trace:' .. id)
redis.call('LTRIM', completed, -ARGV[5], -1)
return 1
