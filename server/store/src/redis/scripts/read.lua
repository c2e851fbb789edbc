-- ARGV: 3 log, 4 number to begin with, 5 limit. Answers {'ok', number, entry, ...}.
local answer = {'ok'}
local last = tonumber(redis.call('HGET', p .. 'n', ARGV[3]) or '0')
local number = math.max(tonumber(ARGV[4]), tonumber(redis.call('HGET', p .. 'f', ARGV[3]) or '1'))
local left = tonumber(ARGV[5])
while number <= last and left > 0 do
  local entry = redis.call('HGET', p .. 'l:' .. ARGV[3], text(number))
  if entry then
    answer[#answer + 1] = text(number)
    answer[#answer + 1] = entry
    left = left - 1
  end
  number = number + 1
end
return answer
