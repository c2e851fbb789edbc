-- Whether copies are still of use. ARGV from 3 on: 'd', collection, key and version of a document, or 'e', log and number of
-- an entry. Answers {'ok', 1 or 0 for each}. A document is not when it has another version or none, an entry when its log
-- was trimmed behind it or dropped: another server keeps that.
local answer = {'ok'}
local at = 3
while at <= #ARGV do
  local held
  if ARGV[at] == 'd' then
    local found = redis.call('HGET', p .. 'd:' .. ARGV[at + 1], ARGV[at + 2])
    held = found and string.match(found, '^%d+') == ARGV[at + 3]
    at = at + 4
  else
    held = redis.call('HEXISTS', p .. 'n', ARGV[at + 1]) == 1
      and tonumber(ARGV[at + 2]) >= tonumber(redis.call('HGET', p .. 'f', ARGV[at + 1]) or '1')
    at = at + 3
  end
  answer[#answer + 1] = held and '1' or '0'
end
return answer
