-- Goes before every other script. ARGV: 1 prefix of all keys, 2 the epoch that the caller knows, or nothing when it
-- takes whatever is there. An answer is a list whose first item says how it went.
--
-- Keys, each behind the prefix:
--   p              position of the last batch        c          list of what the last batches touched
--   d:COLLECTION   hash key -> "version body"        k:COLLECTION  sorted set of keys, all with score 0
--   x:COLLECTION   hash key -> its places in indexes i:COLLECTION:INDEX  sorted set of places, all with score 0
--   n              hash log -> last number           f          hash log -> number below which all is forgotten
--   l:LOG          hash number -> entry              g          sorted set of logs that have a number
-- and of servers that keep copies of what they write (see `joined`):
--   e  epoch    s  there while it settles    s:NAME  a shared secret
--   t:COLLECTION NUL KEY, x:LOG  position of a deletion    y:LOG  hash number -> position, of entries that were brought
--   back or amended               b  hash log -> position of what f says
local p = ARGV[1]
local joined = ARGV[2] ~= ''
if joined then
  if redis.call('GET', p .. 'e') ~= ARGV[2] then return {'stale'} end
  if redis.call('EXISTS', p .. 's') == 1 then return {'settling'} end
end
local function text(number) return string.format('%.0f', number) end
