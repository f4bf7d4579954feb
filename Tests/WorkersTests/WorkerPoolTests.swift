import Synchronization
import TestSupport
import Testing
import Workers

@Suite struct WorkerPoolTests {
    @Test(.timeLimit(.minutes(1)))
    func `no more run at once than allowed, and all work is done`() async {
        struct State {
            var left = 1_000
            var running = 0
            var most = 0
        }
        let state = Mutex(State())
        let done = ChangeSignal()
        let pool = WorkerPool<Int>(limit: 7) {
            state.withLock { state in
                guard state.left > 0 else { return nil }
                state.left -= 1
                return state.left
            }
        } perform: { _ in
            state.withLock { state in
                state.running += 1
                state.most = max(state.most, state.running)
            }
            await Task.yield()
            state.withLock { $0.running -= 1 }
            done.changed()
        }
        async let end: Void = pool.run()
        pool.wake()
        let isDone = await done.wait(within: .seconds(30)) {
            state.withLock { $0.left == 0 && $0.running == 0 }
        }
        #expect(isDone)
        pool.close()
        await end
        #expect(state.withLock { $0.most } == 7)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a closed pool begins nothing and ends when what runs has ended`() async {
        let gate = ChangeSignal()
        let isOpen = Mutex(false)
        let began = Mutex(0)
        let pool = WorkerPool<Int>(limit: 2) {
            1
        } perform: { _ in
            began.withLock { $0 += 1 }
            gate.changed()
            _ = await gate.wait(within: .seconds(30)) { isOpen.withLock { $0 } }
        }
        async let end: Void = pool.run()
        pool.wake()
        _ = await gate.wait(within: .seconds(30)) { began.withLock { $0 } == 2 }
        pool.close()
        isOpen.withLock { $0 = true }
        gate.changed()
        await end
        #expect(began.withLock { $0 } == 2)
    }

    @Test(.timeLimit(.minutes(1)))
    func `exclusive access admits one at a time, in the order of asking`() async {
        let access = ExclusiveAccess()
        let inside = Mutex(0)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { @Sendable in
                    await access.run {
                        let first = inside.withLock { count in
                            count += 1
                            return count == 1
                        }
                        await Task.yield()
                        inside.withLock { $0 -= 1 }
                        return first
                    }
                }
            }
            for await wasAlone in group { #expect(wasAlone) }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a wait ends with false when its bound comes first`() async {
        let signal = ChangeSignal()
        let held = await signal.wait(within: .milliseconds(20)) { false }
        #expect(!held)
    }
}
