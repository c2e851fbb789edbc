-- ARGV: 3 log. Answers {'ok', number}.
return {'ok', redis.call('HGET', p .. 'n', ARGV[3]) or '0'}
