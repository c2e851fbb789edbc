-- ARGV: 3 collection, 4 index, 5 and 6 the bounds of the places, 7 limit, 8 how many bytes of a place are not the key.
-- Answers {'ok', key, document, ...}.
local answer = {'ok'}
local places = redis.call('ZRANGEBYLEX', p .. 'i:' .. ARGV[3] .. ':' .. ARGV[4], ARGV[5], ARGV[6], 'LIMIT', 0, ARGV[7])
for _, place in ipairs(places) do
  local key = string.sub(place, tonumber(ARGV[8]) + 1)
  answer[#answer + 1] = key
  answer[#answer + 1] = redis.call('HGET', p .. 'd:' .. ARGV[3], key)
end
return answer
