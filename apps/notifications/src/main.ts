import { runService } from '@perennial/service-kit/main-service';
import { notifications } from './service.js';

await runService(notifications);
