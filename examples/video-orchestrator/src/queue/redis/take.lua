-- Moves the first job of the first queue that has one to the queue's list of jobs in progress, with a lease.
-- KEYS: the attempts, then for each queue the queue and its jobs in progress. ARGV: the start of the leases' keys, the worker's
-- id, the lease in milliseconds.
for at = 2, #KEYS, 2 do
  local entry = redis.call('LMOVE', KEYS[at], KEYS[at + 1], 'LEFT', 'RIGHT')
  if entry then
    local id = redis.sha1hex(entry)
    redis.call('SET', ARGV[1] .. id, ARGV[2], 'PX', ARGV[3])
    return { at / 2, entry, redis.call('HINCRBY', KEYS[1], id, 1), id }
  end
end
return false
