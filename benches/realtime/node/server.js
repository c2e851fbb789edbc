// Node's official server with the plain handlers of the load tool: the peer that rooms are measured against.
//   node server.js --port 3200 [--redis redis://127.0.0.1:6399]
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const options = {};
for (let at = 2; at < process.argv.length; at += 2) options[process.argv[at].replace(/^--/, '')] = process.argv[at + 1];

const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, { serveClient: false });

if (options.redis) {
  const { createClient } = await import('redis');
  const { createAdapter } = await import('@socket.io/redis-adapter');
  const publisher = createClient({ url: options.redis });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
}

io.on('connection', (socket) => {
  socket.on('join', (room, ack) => { socket.join(room); ack('ok'); });
  socket.on('pub', (room, payload) => { io.to(room).emit('ev', payload); });
});

http.listen(Number(options.port ?? 3200), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
