-- ARGV: 3 collection, 4 key. Answers {'ok'} or {'ok', document}.
local found = redis.call('HGET', p .. 'd:' .. ARGV[3], ARGV[4])
if found then return {'ok', found} end
return {'ok'}
