// The two threads behind a child process: one starts it and collects its exit, one reads its output. Both block,
// so they are threads of their own and not tasks.

import Foundation
import Glibc

/// Starts a child and keeps its `ChildState` up to date until it has ended.
///
/// The thread that starts the child stays until the child's end: `PR_SET_PDEATHSIG` is about the *thread* that
/// started it, so a child started from a pool's thread would be killed when that thread retires.
struct ChildKeeper: Sendable {
    private let output: DescriptorPair
    private let error: DescriptorPair
    /// Its write end is closed when the child has ended, which tells the reader.
    private let ended: DescriptorPair
    private let observed: Observed<ChildState>

    static func start(_ request: SpawnRequest, observed: Observed<ChildState>) async throws -> pid_t {
        let keeper = try ChildKeeper(
            output: DescriptorPair(), error: DescriptorPair(), ended: DescriptorPair(), observed: observed)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                keeper.keep(request, started: continuation)
            }
        }
    }

    private func keep(_ request: SpawnRequest, started: CheckedContinuation<pid_t, any Error>) {
        let pid: pid_t
        do {
            pid = try request.spawn(standardOutput: output.writeEnd, standardError: error.writeEnd)
        } catch {
            closeAll()
            started.resume(throwing: error)
            return
        }
        close(output.writeEnd)
        close(error.writeEnd)
        started.resume(returning: pid)
        Thread.detachNewThread { [self] in read(exit: pid) }
        awaitExit(of: pid)
        close(ended.writeEnd)
    }

    /// Blocks until the child has ended, but leaves it as a zombie: its process id stays its own until the reader
    /// collects it under the lock that `ChildProcess.signal` takes.
    private func awaitExit(of pid: pid_t) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Reads both streams until the child has ended and nothing is left in them. Their end is not waited for:
    /// grandchildren may hold them open.
    private func read(exit pid: pid_t) {
        var splitters = [LineSplitter(), LineSplitter()]
        let streams: [OutputLog.Stream] = [.standardOutput, .standardError]
        var polled = [output.readEnd, error.readEnd, ended.readEnd]
            .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var hasEnded = false
        while true {
            let ready = poll(&polled, nfds_t(polled.count), hasEnded ? 0 : -1)
            if ready < 0, errno == EINTR { continue }
            if ready <= 0 { break }
            for index in streams.indices where polled[index].revents != 0 {
                let chunk = readChunk(polled[index].fd)
                // A negative descriptor is one that poll leaves out.
                if chunk.isEmpty { polled[index].fd = -1 }
                let lines = splitters[index].append(chunk)
                if !lines.isEmpty { observed.update { $0.log.append(lines, to: streams[index]) } }
            }
            if polled[2].revents != 0 {
                hasEnded = true
                polled[2].fd = -1
            }
        }
        reap(pid, rest: zip(streams, splitters.indices.map { splitters[$0].finish() }).map { ($0, $1) })
    }

    private func reap(_ pid: pid_t, rest: [(OutputLog.Stream, [String])]) {
        observed.update { state in
            for (stream, lines) in rest { state.log.append(lines, to: stream) }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            state.exit = ExitStatus(waitStatus: status)
        }
        close(output.readEnd)
        close(error.readEnd)
        close(ended.readEnd)
    }

    /// Empty at the end of the stream.
    private func readChunk(_ descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    private func closeAll() {
        for pair in [output, error, ended] {
            close(pair.readEnd)
            close(pair.writeEnd)
        }
    }
}
