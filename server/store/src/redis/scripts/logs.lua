-- ARGV: 3 lower bound, 4 limit. Answers {'ok', log, ...}.
local answer = redis.call('ZRANGEBYLEX', p .. 'g', ARGV[3], '+', 'LIMIT', 0, ARGV[4])
table.insert(answer, 1, 'ok')
return answer
