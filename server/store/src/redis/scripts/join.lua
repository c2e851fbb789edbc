-- What a server asks now and then. ARGV: 3 the epoch it knows, 4 the position it has seen, 5 a name for a new epoch, 6 how
-- long a new epoch settles in ms. Answers {'ok', epoch, 1 while it settles or 0}. Redis has lost what it held when there is
-- no epoch, or when it knows less than was seen in the same epoch; then a new one begins.
local epoch = redis.call('GET', p .. 'e')
local position = tonumber(redis.call('GET', p .. 'p') or '0')
if not epoch or (epoch == ARGV[3] and position < tonumber(ARGV[4])) then
  epoch = ARGV[5]
  redis.call('SET', p .. 'e', epoch)
  redis.call('SET', p .. 's', '1', 'PX', ARGV[6])
end
return {'ok', epoch, text(redis.call('EXISTS', p .. 's'))}
