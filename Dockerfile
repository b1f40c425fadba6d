# One image for everything of ours that runs: the services, the agencies, and the programs that prepare the stack.
# docker-compose.yml says which of them a container is.
FROM node:24-bookworm-slim AS base
WORKDIR /app

# The manifests alone, so that packages are installed again only when one of them changes.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

# No package's install script runs: the compiler needs none, and what runs later must not either.
FROM base AS packages
COPY --from=manifests /app .
RUN npm ci --ignore-scripts

FROM packages AS build
COPY . .
RUN npx tsc -b apps/*/tsconfig.json apps/agencies/*/tsconfig.json tools/stack \
 && find apps libs tools -path '*/dist/*' \( -name '*.d.ts' -o -name '*.d.ts.map' -o -name .tsbuildinfo \) -delete \
 && mkdir /built \
 && cp --recursive --parents apps/*/dist apps/agencies/*/dist libs/*/dist tools/stack/dist tools/stack/demo-city.yaml \
      policy schemas /built

# What the workspaces that run depend on: neither the root's tools and binaries nor those of the tests. The compiler
# comes along as somebody's optional peer.
FROM packages AS dependencies
RUN npm ci --ignore-scripts --prefer-offline --omit=dev \
      $(for each in apps/*/package.json apps/agencies/*/package.json tools/stack/package.json; do \
          echo --workspace "$(dirname "$each")"; done) \
 && rm -rf node_modules/typescript node_modules/@typescript \
 && find . -path '*/node_modules/*' \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM base
ENV NODE_ENV=production
COPY --from=dependencies /app .
COPY --from=build /built .
# Compose gives each service a user of its own; nobody may write here.
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
