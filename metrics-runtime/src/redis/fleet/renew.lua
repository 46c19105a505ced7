-- Renews the registration of a worker. The clock is that of Redis, so that all workers have the same.
-- KEYS: the fleet, a sorted set of registrations by the time of their last renewal.
-- ARGV: the registration; in milliseconds its time to live, and the time after which a lost worker is not listed any more.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local time_to_live, listed = tonumber(ARGV[2]), tonumber(ARGV[3])
-- No renewal has such a time, unless the clock was set back.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now + time_to_live, '+inf')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - listed)
local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if not newest or now - newest > time_to_live then
  -- Nobody could renew, or what Redis knew is lost: the list is not complete before all others had the time to register again.
  redis.call('ZADD', KEYS[1], now, 'gap')
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
if redis.call('PTTL', KEYS[1]) < listed then
  redis.call('PEXPIRE', KEYS[1], listed)
end
