-- Renews a lease that is still the worker's. KEYS: the lease. ARGV: the worker's id, the lease in milliseconds.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
