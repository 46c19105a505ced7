-- Moves the first job of the first queue that has one to the queue's list of jobs in progress, with a lease.
-- KEYS: the attempts, then for each queue the queue and its jobs in progress. ARGV: the start of the leases' keys, the worker's
-- id, the lease in milliseconds; then an entry without an identity of its own, and the envelope that it becomes. Returns the
-- number of the queue and the entry alone where it needs an envelope; nothing has changed then.
local wanted = { KEYS[1], 'hash' }
for at = 2, #KEYS do
  wanted[#wanted + 1] = KEYS[at]
  wanted[#wanted + 1] = 'list'
end
local problem = wrong_type(wanted)
if problem then
  return problem
end

-- Two equal entries are two jobs.
local function is_in_progress(entry)
  for at = 3, #KEYS, 2 do
    if redis.call('LPOS', KEYS[at], entry) then
      return true
    end
  end
  return false
end

for at = 2, #KEYS, 2 do
  local entry = redis.call('LINDEX', KEYS[at], 0)
  if entry then
    local stored = entry
    if ARGV[5] and entry == ARGV[4] then
      stored = ARGV[5]
    elseif not string.find(entry, '^{"id":"%x+","') or is_in_progress(entry) then
      return { at / 2, entry }
    end
    local id = redis.sha1hex(stored)
    problem = wrong_type({ ARGV[1] .. id, 'string' })
    if problem then
      return problem
    end
    local attempts = redis.call('HGET', KEYS[1], id)
    local attempt = (tonumber(attempts or 0) or 0) + 1
    redis.call('SET', ARGV[1] .. id, ARGV[2], 'PX', ARGV[3])
    redis.call('HSET', KEYS[1], id, attempt)
    if stored == entry then
      redis.call('LMOVE', KEYS[at], KEYS[at + 1], 'LEFT', 'RIGHT')
    else
      redis.call('RPUSH', KEYS[at + 1], stored)
      redis.call('LPOP', KEYS[at])
    end
    return { at / 2, stored, attempt, id, attempts and 0 or 1, redis.call('HGET', KEYS[1], 'trace:' .. id) }
  end
end
return false
