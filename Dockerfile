# The gateway as an image: compiled in one stage, run in another that has neither compiler nor tests, by a user who may
# write to nothing but /var/lib/cordon.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts
COPY directives directives
COPY src src
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY migrations migrations
COPY schema schema
RUN ln -s /app/dist/src/cli/cordon.js /usr/local/bin/cordon \
  && chmod +x dist/src/cli/cordon.js \
  && install -d -o node -g node -m 0700 /var/lib/cordon
USER node
VOLUME /var/lib/cordon
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/readyz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["cordon"]
CMD ["start", "--config", "/etc/cordon/cordon.yaml"]
