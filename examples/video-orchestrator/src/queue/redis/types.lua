-- The start of each script. Redis does not undo what a script has done before an error, so each script checks all types before it
-- changes anything. The first change is one that needs memory: where there is none, Redis refuses it, and nothing has changed. And
-- a job is put on its next list before it is removed from the one before, so that no error leaves it on none.
-- Takes keys and types in turn; returns an error, or nothing.
local function wrong_type(wanted)
  for at = 1, #wanted, 2 do
    local found = redis.call('TYPE', wanted[at]).ok
    if found ~= 'none' and found ~= wanted[at + 1] then
      local expected = '`, but the program needs a ' .. wanted[at + 1] .. ' there'
      return redis.error_reply('WRONGTYPE the key `' .. wanted[at] .. '` holds a ' .. found .. expected)
    end
  end
end
