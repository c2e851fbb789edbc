-- ARGV: 3 collection, 4 and 5 the bounds of the keys, 6 limit. Answers {'ok', key, document, ...}.
local answer = {'ok'}
local keys = redis.call('ZRANGEBYLEX', p .. 'k:' .. ARGV[3], ARGV[4], ARGV[5], 'LIMIT', 0, ARGV[6])
for _, key in ipairs(keys) do
  answer[#answer + 1] = key
  answer[#answer + 1] = redis.call('HGET', p .. 'd:' .. ARGV[3], key)
end
return answer
