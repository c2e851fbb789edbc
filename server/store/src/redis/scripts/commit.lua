-- Carries a batch out. ARGV: 3 a position the caller has seen, 4 how many changes are kept, 5 for how many seconds
-- deletions are remembered, then checks and writes: a letter and its parts. Answers {'ok', position, number...}, or
-- {'conflict'}. There is a number for each of these writes: the log's last one for a beginning or a trim, 1 or 0 for an
-- amendment that was or was not done.
local TOMBSTONE_SECONDS = ARGV[5]
if joined and tonumber(redis.call('GET', p .. 'p') or '0') < tonumber(ARGV[3]) then return {'stale'} end

-- First everything that could be a conflict, with logs as they will be then; nothing is written before.
local at = 6
local lasts = {}
local function last(log) return lasts[log] or redis.call('HGET', p .. 'n', log) or '0' end
while at <= #ARGV do
  local op = ARGV[at]
  if op == 'A' then
    if redis.call('HEXISTS', p .. 'd:' .. ARGV[at + 1], ARGV[at + 2]) == 1 then return {'conflict'} end
    at = at + 3
  elseif op == 'V' then
    local found = redis.call('HGET', p .. 'd:' .. ARGV[at + 1], ARGV[at + 2])
    if not found or string.match(found, '^%d+') ~= ARGV[at + 3] then return {'conflict'} end
    at = at + 4
  elseif op == 'P' then
    at = at + 5 + 2 * tonumber(ARGV[at + 4])
  elseif op == 'D' then
    at = at + 3
  elseif op == '+' then
    local log, count = ARGV[at + 1], tonumber(ARGV[at + 3])
    if last(log) ~= ARGV[at + 2] then return {'conflict'} end
    lasts[log] = text(tonumber(last(log)) + count)
    at = at + 4 + count
  elseif op == 'B' then
    if last(ARGV[at + 1]) ~= '0' then return {'conflict'} end
    lasts[ARGV[at + 1]] = ARGV[at + 2]
    at = at + 3
  elseif op == '=' then
    at = at + 4
  elseif op == 'T' then
    at = at + 3
  else
    lasts[ARGV[at + 1]] = '0'
    at = at + 2
  end
end

local position = text(redis.call('INCR', p .. 'p'))
local answer = {'ok', position}
local touched, known = {}, {}
local function touch(what)
  if not known[what] then
    known[what] = true
    touched[#touched + 1] = what
  end
end

local function unindex(collection, key)
  local places = redis.call('HGET', p .. 'x:' .. collection, key)
  if not places then return end
  places = cmsgpack.unpack(places)
  for n = 1, #places, 2 do redis.call('ZREM', p .. 'i:' .. collection .. ':' .. places[n], places[n + 1]) end
  redis.call('HDEL', p .. 'x:' .. collection, key)
end

local function touch_document(collection, key) touch('d\0' .. collection .. '\0' .. key .. '\0') end
local function touch_log(log) touch('l\0' .. log .. '\0') end

at = 6
while at <= #ARGV do
  local op, name = ARGV[at], ARGV[at + 1]
  if op == 'A' then
    at = at + 3
  elseif op == 'V' then
    at = at + 4
  elseif op == 'P' then
    local key, count = ARGV[at + 2], 2 * tonumber(ARGV[at + 4])
    redis.call('HSET', p .. 'd:' .. name, key, position .. ' ' .. ARGV[at + 3])
    redis.call('ZADD', p .. 'k:' .. name, 0, key)
    unindex(name, key)
    if count > 0 then
      local places = {}
      for n = 1, count, 2 do
        local index, place = ARGV[at + 4 + n], ARGV[at + 5 + n]
        places[n], places[n + 1] = index, place
        redis.call('ZADD', p .. 'i:' .. name .. ':' .. index, 0, place)
      end
      redis.call('HSET', p .. 'x:' .. name, key, cmsgpack.pack(places))
    end
    touch_document(name, key)
    at = at + 5 + count
  elseif op == 'D' then
    local key = ARGV[at + 2]
    if redis.call('HDEL', p .. 'd:' .. name, key) == 1 then
      redis.call('ZREM', p .. 'k:' .. name, key)
      unindex(name, key)
      if joined then redis.call('SET', p .. 't:' .. name .. '\0' .. key, position, 'EX', TOMBSTONE_SECONDS) end
      touch_document(name, key)
    end
    at = at + 3
  elseif op == '+' then
    local after, count = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    for n = 1, count do redis.call('HSET', p .. 'l:' .. name, text(after + n), ARGV[at + 3 + n]) end
    if count > 0 then
      redis.call('HSET', p .. 'n', name, text(after + count))
      redis.call('ZADD', p .. 'g', 0, name)
      touch_log(name)
    end
    at = at + 4 + count
  elseif op == 'B' then
    local after = tonumber(ARGV[at + 2])
    if after > 0 then
      redis.call('HSET', p .. 'n', name, text(after))
      redis.call('HSET', p .. 'f', name, text(after + 1))
      if joined then redis.call('HSET', p .. 'b', name, position) end
      redis.call('ZADD', p .. 'g', 0, name)
      touch_log(name)
    end
    answer[#answer + 1] = text(after)
    at = at + 3
  elseif op == '=' then
    if redis.call('HEXISTS', p .. 'l:' .. name, ARGV[at + 2]) == 1 then
      redis.call('HSET', p .. 'l:' .. name, ARGV[at + 2], ARGV[at + 3])
      if joined then redis.call('HSET', p .. 'y:' .. name, ARGV[at + 2], position) end
      touch_log(name)
      answer[#answer + 1] = '1'
    else
      answer[#answer + 1] = '0'
    end
    at = at + 4
  elseif op == 'T' then
    local first = tonumber(redis.call('HGET', p .. 'f', name) or '1')
    local number = tonumber(redis.call('HGET', p .. 'n', name) or '0')
    local below = math.min(tonumber(ARGV[at + 2]), number + 1)
    if below > first then
      for n = first, below - 1 do
        redis.call('HDEL', p .. 'l:' .. name, text(n))
        if joined then redis.call('HDEL', p .. 'y:' .. name, text(n)) end
      end
      redis.call('HSET', p .. 'f', name, text(below))
      if joined then redis.call('HSET', p .. 'b', name, position) end
      touch_log(name)
    end
    answer[#answer + 1] = text(number)
    at = at + 3
  else
    if redis.call('HDEL', p .. 'n', name) == 1 then touch_log(name) end
    redis.call('HDEL', p .. 'f', name)
    redis.call('HDEL', p .. 'b', name)
    redis.call('ZREM', p .. 'g', name)
    redis.call('DEL', p .. 'l:' .. name, p .. 'y:' .. name)
    if joined then redis.call('SET', p .. 'x:' .. name, position, 'EX', TOMBSTONE_SECONDS) end
    at = at + 2
  end
end

redis.call('RPUSH', p .. 'c', table.concat(touched))
-- Now and then only: the end of a long list is cut off in one go.
if tonumber(position) % 1000 == 0 then redis.call('LTRIM', p .. 'c', -tonumber(ARGV[4]), -1) end
return answer
