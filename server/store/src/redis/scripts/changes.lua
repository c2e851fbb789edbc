-- ARGV: 3 position, 4 limit. Answers {'ok', position, touched, ...} or {'forgotten'}.
local reached = tonumber(redis.call('GET', p .. 'p') or '0')
local after = tonumber(ARGV[3])
-- The last change is that of the last batch, and there is one for every position before.
local skip = redis.call('LLEN', p .. 'c') - (reached - after)
if after > reached or skip < 0 then return {'forgotten'} end
local answer = {'ok'}
local limit = tonumber(ARGV[4])
if limit > 0 and after < reached then
  for n, touched in ipairs(redis.call('LRANGE', p .. 'c', skip, skip + limit - 1)) do
    answer[#answer + 1] = text(after + n)
    answer[#answer + 1] = touched
  end
end
return answer
