-- Answers {'ok', position}.
return {'ok', redis.call('GET', p .. 'p') or '0'}
