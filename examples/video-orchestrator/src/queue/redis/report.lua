-- The start of the scripts that report how a job has ended. One answer for each fact: 0 where another worker has the job, or has
-- ended it; 1 where the report is accepted, and 2 where the job is given up with it; 3 where the job is on no list any more.
-- KEYS: the jobs in progress, the lease, the attempts, the queue, the completed, the dead letters. ARGV: the entry, the worker's
-- id, the entry's id; the rest is the script's own.
local processing, lease, attempts, waiting, completed, dead = unpack(KEYS)
local entry, worker, id = unpack(ARGV)

-- Whether one of the last records of a list is that of the job.
local function has_record(list, last)
  local mark = '"id":"' .. id .. '"'
  for at = 1, last do
    local record = redis.call('LINDEX', list, -at)
    if not record then
      return false
    end
    if string.find(record, mark, 1, true) then
      return true
    end
  end
  return false
end

-- The answer for a job that is not in progress. Dead letters can be large, so fewer of them are looked at.
local function answer_elsewhere()
  if redis.call('LPOS', waiting, entry) or has_record(completed, 1000) or has_record(dead, 100) then
    return 0
  end
  return 3
end
