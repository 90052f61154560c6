import { runService } from '@perennial/service-kit/main-service';
import { playbookOrchestration } from './service.js';

await runService(playbookOrchestration);
