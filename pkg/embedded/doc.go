// Package embedded starts a private PostgreSQL and a private redis-server for one folder, or joins
// the ones that already run there. A command can so bring everything it needs, and tests can have
// real servers without touching any server of the machine.
//
// What it promises:
//
//   - Everything lies under one folder: data in postgres/ and redis/, logs in log/, and in run/ the
//     locks and the passwords (servers.json, readable by its owner only).
//   - The servers listen on 127.0.0.1 at free ports and ask for random passwords.
//   - Any number of processes share the servers of a folder. [Servers.Stop] of the last one ends
//     them; they run in sessions of their own, so a Ctrl-C at the terminal does not reach them.
//   - A process that dies without Stop leaves its servers running; the next Start adopts them.
//     What else a crash leaves behind (stale pid and lock files, a half-made data folder, a dead
//     redis-server beside a living PostgreSQL, an unreadable servers.json) heals at the next Start.
//   - PostgreSQL refuses to run as root: for root, the servers run as the user postgres or nobody.
//
// Errors tell a person at the command line what is wrong and what to do.
//
// Two lock files, both flock(2) and so freed by the kernel however their holder ends: start.lock is
// held only while somebody starts or stops, users.lock is held shared by every process that uses
// the servers. Who can take users.lock exclusively is the last user.
package embedded
