// Package jobs does work after a transaction has committed, at least once, with River on PostgreSQL.
//
// [InsertTx] adds a job in the caller's transaction, so that job and change commit or vanish
// together: that is the outbox. A [Runner] in every serving process takes jobs as they become due.
// A job that fails is tried again, later each time, until its attempts are used up; it then stays
// visible as given up ([GaveUp], the metric ocop_jobs) for ninety days.
//
// A job may run more than once: a process that dies after the work and before the note of it leaves
// the job to be done again. Work must therefore be such that doing it twice does no harm.
//
// It asks for jobs at intervals and uses neither LISTEN nor NOTIFY, session locks or prepared
// statements, so PgBouncer in transaction mode may stand between; and NOTIFY would take a lock on
// the whole database in every commit that adds a job.
package jobs
