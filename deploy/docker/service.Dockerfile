# One image per app, from one file:
#   docker build -f deploy/docker/service.Dockerfile --build-arg APP=health-scoring -t perennial/health-scoring:0.1.0 .
#   docker build -f deploy/docker/service.Dockerfile --target cli -t perennial/cli:0.1.0 .
# All of them share one layer of dependencies; an app's own layer is a few hundred kilobytes. Works with and without BuildKit.

FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /src
COPY package.json package-lock.json ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/persistence/package.json libs/persistence/
COPY libs/messaging/package.json libs/messaging/
COPY libs/service-kit/package.json libs/service-kit/
COPY libs/testing/package.json libs/testing/
COPY apps/signal-ingestion/package.json apps/signal-ingestion/
COPY apps/health-scoring/package.json apps/health-scoring/
COPY apps/renewal-forecasting/package.json apps/renewal-forecasting/
COPY apps/playbook-orchestration/package.json apps/playbook-orchestration/
COPY apps/notifications/package.json apps/notifications/
COPY apps/gateway/package.json apps/gateway/
COPY apps/cli/package.json apps/cli/

FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npm run build \
 && rm -rf libs/testing libs/*/src apps/*/src libs/*/node_modules apps/*/node_modules \
 && find libs apps \( -name '*.d.ts' -o -name '*.map' -o -name '.tsbuildinfo' -o -name 'tsconfig.build.json' \) -delete

# What runs needs: nothing of the tests, no second Node, no embedded PostgreSQL, no types.
FROM manifests AS production
RUN rm -rf libs/testing \
 && npm pkg delete scripts devDependencies optionalDependencies --workspaces --include-workspace-root \
 && npm pkg delete 'dependencies[@perennial/testing]' --workspace apps/cli \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && find . \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
COPY --from=build /src/libs libs
COPY --from=build /src/apps apps

FROM node:24.21.0-bookworm-slim AS runtime
# Large buffers go back to the system when they are free: docs/adr/0022.
ENV NODE_ENV=production MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=8388608
WORKDIR /app
# A volume mounted here starts with this owner, so no process needs root to read or write it.
RUN install -d -o node -g node /run/secrets/perennial
COPY --from=production /src/node_modules node_modules
COPY --from=production /src/libs libs
USER node

# The command line: `perennial setup` for the first start, and doctor, tail, dead-letters, rebuild.
FROM runtime AS cli
USER root
RUN cd /run/secrets/perennial \
 && install -d -o node -g node setup postgres cli gateway signal-ingestion health-scoring renewal-forecasting playbook-orchestration notifications
USER node
COPY --from=production /src/apps apps
ENTRYPOINT ["node", "apps/cli/bin/perennial.js"]
CMD ["--help"]

FROM runtime AS service
ARG APP
COPY --from=production /src/apps/${APP} apps/${APP}
WORKDIR /app/apps/${APP}
EXPOSE 8080
# Bash asks by itself: starting Node every few seconds would cost more than an idle service does.
HEALTHCHECK --interval=5s --timeout=10s --start-period=180s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# Settings are environment variables; those that are secret may stand in a file instead.
CMD ["node", "--env-file-if-exists=/run/secrets/perennial/env", "dist/main.js"]
