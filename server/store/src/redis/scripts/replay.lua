-- Takes copies that a server kept back into Redis. It does not matter in which order servers come, or whether one comes
-- twice. ARGV: 3 the epoch, 4 how long a settling epoch goes on settling in ms, 5 seconds for which deletions are remembered,
-- then a letter and its parts for each copy. Answers {'ok', what does not fit any more, ...}.
if redis.call('GET', p .. 'e') ~= ARGV[3] then return {'stale'} end
local settling = redis.call('PEXPIRE', p .. 's', ARGV[4]) == 1
local TOMBSTONE_SECONDS = ARGV[5]
local answer = {'ok'}

local function number_in(hash, field) return tonumber(redis.call('HGET', p .. hash, field) or '0') end
local function position_at(key) return tonumber(redis.call('GET', key) or '-1') end

local function unindex(collection, key)
  local places = redis.call('HGET', p .. 'x:' .. collection, key)
  if not places then return end
  places = cmsgpack.unpack(places)
  for n = 1, #places, 2 do redis.call('ZREM', p .. 'i:' .. collection .. ':' .. places[n], places[n + 1]) end
  redis.call('HDEL', p .. 'x:' .. collection, key)
end

local function version(collection, key)
  local found = redis.call('HGET', p .. 'd:' .. collection, key)
  return found and tonumber(string.match(found, '^%d+')) or -1
end

local function reach(log, last)
  if last > number_in('n', log) then redis.call('HSET', p .. 'n', log, text(last)) end
  redis.call('ZADD', p .. 'g', 0, log)
end

-- Positions of a new epoch are beyond any that a server which is away may still come with.
local function seen(position)
  local target = settling and position > 0 and position + 1048576 or position
  if target > position_at(p .. 'p') then
    redis.call('SET', p .. 'p', text(target))
    redis.call('DEL', p .. 'c')
  end
end

local function document(at)
  local collection, key, position = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local count = 2 * tonumber(ARGV[at + 5])
  if position > version(collection, key) and position > position_at(p .. 't:' .. collection .. '\0' .. key) then
    unindex(collection, key)
    redis.call('HSET', p .. 'd:' .. collection, key, ARGV[at + 3] .. ' ' .. ARGV[at + 4])
    redis.call('ZADD', p .. 'k:' .. collection, 0, key)
    local places = {}
    for n = 1, count, 2 do
      places[n], places[n + 1] = ARGV[at + 5 + n], ARGV[at + 6 + n]
      redis.call('ZADD', p .. 'i:' .. collection .. ':' .. places[n], 0, places[n + 1])
    end
    if count > 0 then redis.call('HSET', p .. 'x:' .. collection, key, cmsgpack.pack(places)) end
  end
  return at + 6 + count
end

local function deletion(at)
  local collection, key, position = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local place = p .. 't:' .. collection .. '\0' .. key
  if position > position_at(place) then redis.call('SET', place, ARGV[at + 3], 'EX', TOMBSTONE_SECONDS) end
  if position > version(collection, key) then
    unindex(collection, key)
    redis.call('HDEL', p .. 'd:' .. collection, key)
    redis.call('ZREM', p .. 'k:' .. collection, key)
  end
end

local function entry(at)
  local log, number, position, bytes = ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), ARGV[at + 4]
  if position < position_at(p .. 'x:' .. log) or number < number_in('f', log) then return end
  local found = redis.call('HGET', p .. 'l:' .. log, ARGV[at + 2])
  local before = redis.call('HGET', p .. 'y:' .. log, ARGV[at + 2])
  if found == bytes and not before then return end
  local last = number_in('n', log)
  local fits
  if found then
    -- One without a position was written in this epoch, for another one that had been lost.
    if before and tonumber(before) >= position then return end
    fits = before
  else
    fits = settling or number <= last + 1
  end
  if fits then
    redis.call('HSET', p .. 'l:' .. log, ARGV[at + 2], bytes)
    redis.call('HSET', p .. 'y:' .. log, ARGV[at + 2], ARGV[at + 3])
    redis.call('EXPIRE', p .. 'y:' .. log, TOMBSTONE_SECONDS)
    reach(log, number)
  else
    answer[#answer + 1] = 'entry ' .. ARGV[at + 2] .. ' of ' .. log
  end
end

local function beginning(at)
  local log, position, below, last = ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  if position < position_at(p .. 'x:' .. log) then return end
  local first, number = math.max(number_in('f', log), 1), number_in('n', log)
  local forgotten = math.min(below - 1, number)
  if not settling and number > 0 then
    -- The log may have begun again in this epoch; what was written since is not forgotten for what was before.
    local fits = math.max(last, below - 1) <= number
    for n = first, forgotten do
      if redis.call('HEXISTS', p .. 'l:' .. log, text(n)) > redis.call('HEXISTS', p .. 'y:' .. log, text(n)) then fits = false end
    end
    if not fits then
      answer[#answer + 1] = 'the beginning of ' .. log
      return
    end
  end
  if below > first then
    for n = first, forgotten do
      redis.call('HDEL', p .. 'l:' .. log, text(n))
      redis.call('HDEL', p .. 'y:' .. log, text(n))
    end
    redis.call('HSET', p .. 'f', log, text(below))
  end
  if position > number_in('b', log) then redis.call('HSET', p .. 'b', log, text(position)) end
  if math.max(last, below - 1) > 0 then reach(log, math.max(last, below - 1)) end
end

local function drop(at)
  local log, position = ARGV[at + 1], tonumber(ARGV[at + 2])
  if position <= position_at(p .. 'x:' .. log) then return end
  redis.call('SET', p .. 'x:' .. log, ARGV[at + 2], 'EX', TOMBSTONE_SECONDS)
  local old = redis.call('HGETALL', p .. 'y:' .. log)
  for n = 1, #old, 2 do
    if tonumber(old[n + 1]) < position then
      redis.call('HDEL', p .. 'l:' .. log, old[n])
      redis.call('HDEL', p .. 'y:' .. log, old[n])
    end
  end
  if number_in('b', log) < position then
    redis.call('HDEL', p .. 'f', log)
    redis.call('HDEL', p .. 'b', log)
  end
  local last = number_in('f', log) - 1
  for _, number in ipairs(redis.call('HKEYS', p .. 'l:' .. log)) do last = math.max(last, tonumber(number)) end
  if last > 0 then
    redis.call('HSET', p .. 'n', log, text(last))
  else
    redis.call('HDEL', p .. 'n', log)
    redis.call('ZREM', p .. 'g', log)
  end
end

local at = 6
while at <= #ARGV do
  local op = ARGV[at]
  if op == 'd' then
    at = document(at)
  elseif op == 't' then
    deletion(at)
    at = at + 4
  elseif op == 'e' then
    entry(at)
    at = at + 5
  elseif op == 'b' then
    beginning(at)
    at = at + 5
  elseif op == 'x' then
    drop(at)
    at = at + 3
  elseif op == 'p' then
    seen(tonumber(ARGV[at + 1]))
    at = at + 2
  else
    redis.call('SET', p .. 's:' .. ARGV[at + 1], ARGV[at + 2], 'NX')
    at = at + 3
  end
end
return answer
