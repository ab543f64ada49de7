# For everything: the go command loads the code that is checked.
#   docker run --rm -v "$PWD:/src:ro" ghcr.io/factorlint/factorlint:v0.1.0-go
FROM golang:1.26.5-alpine@sha256:0178a641fbb4858c5f1b48e34bdaabe0350a330a1b1149aabd498d0699ff5fb2
ARG TARGETPLATFORM
COPY ${TARGETPLATFORM}/factorlint /usr/local/bin/factorlint
ENV HOME=/tmp GOPATH=/tmp/go
WORKDIR /src
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/factorlint", "check"]
