-- ARGV: 3 collection, 4 and 5 the upper and the lower bound of the keys. Answers {'ok'} or {'ok', key, document}.
local keys = redis.call('ZREVRANGEBYLEX', p .. 'k:' .. ARGV[3], ARGV[4], ARGV[5], 'LIMIT', 0, 1)
if keys[1] then return {'ok', keys[1], redis.call('HGET', p .. 'd:' .. ARGV[3], keys[1])} end
return {'ok'}
