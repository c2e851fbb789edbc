-- ARGV: 3 name, 4 the secret if there is none yet. Answers {'ok', secret}.
redis.call('SET', p .. 's:' .. ARGV[3], ARGV[4], 'NX')
return {'ok', redis.call('GET', p .. 's:' .. ARGV[3])}
