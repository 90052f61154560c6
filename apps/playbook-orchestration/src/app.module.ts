import { Module } from '@nestjs/common';
import { Desks } from './application/desks.js';
import { FireTimers } from './application/fire-timers.js';
import { HolidayCalendar } from './application/holiday-calendar.js';
import { OrchestrationStore, PlaybookStore } from './application/orchestration-store.js';
import { PlaybookShelf } from './application/playbook-shelf.js';
import { ReleaseTasks } from './application/release-tasks.js';
import { SettleTask } from './application/settle-task.js';
import { TimerGauge } from './application/timer-gauge.js';
import { TimerQueue } from './application/timer-queue.js';
import { WorkList } from './application/work-list.js';
import { DateHolidaysCalendar } from './holidays/date-holidays-calendar.js';
import { PlaybooksController } from './http/playbooks.controller.js';
import { RunsController } from './http/runs.controller.js';
import { TasksController } from './http/tasks.controller.js';
import { FollowAccountsHandler } from './messaging/follow-accounts.handler.js';
import { FollowHealthHandler } from './messaging/follow-health.handler.js';
import { FollowRenewalsHandler } from './messaging/follow-renewals.handler.js';
import { FollowRiskChangesHandler } from './messaging/follow-risk-changes.handler.js';
import { FollowUsersHandler } from './messaging/follow-users.handler.js';
import { ForgetPeopleHandler } from './messaging/forget-people.handler.js';
import { PostgresOrchestrationStore } from './persistence/postgres-orchestration-store.js';
import { PostgresPlaybookStore } from './persistence/postgres-playbook-store.js';
import { PostgresTimerQueue } from './persistence/postgres-timer-queue.js';
import { PostgresWorkList } from './persistence/postgres-work-list.js';

/** What happens to accounts in; runs of playbooks, their tasks and save-plan reviews out. */
@Module({
  controllers: [PlaybooksController, RunsController, TasksController],
  providers: [
    // what it consumes
    FollowRiskChangesHandler,
    FollowHealthHandler,
    FollowRenewalsHandler,
    FollowAccountsHandler,
    FollowUsersHandler,
    ForgetPeopleHandler,
    // what it does
    Desks,
    FireTimers,
    SettleTask,
    ReleaseTasks,
    PlaybookShelf,
    TimerGauge,
    // where it keeps things
    { provide: OrchestrationStore, useClass: PostgresOrchestrationStore },
    { provide: PlaybookStore, useClass: PostgresPlaybookStore },
    { provide: TimerQueue, useClass: PostgresTimerQueue },
    { provide: WorkList, useClass: PostgresWorkList },
    { provide: HolidayCalendar, useClass: DateHolidaysCalendar },
  ],
})
export class AppModule {}
