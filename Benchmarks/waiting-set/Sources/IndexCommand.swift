import ArgumentParser
import Flow
import Foundation
import Pipeline
import Workers

/// The index alone: runs are put back into one partition's queue, their payloads left out.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "memory and time of waiting runs in one partition's queue, without a broker")

    @Option(help: "runs that wait") var count = 1_000_000
    @Option(help: "stores that they are of") var stores = 10_000
    @Option(help: "why they wait: retry, behind, wait, crowded, held") var reason = "retry"

    func run() throws {
        guard let reason = WaitReason(rawValue: reason) else {
            throw ValidationError("no such reason: \(reason)")
        }
        let cause = WaitCause(reason, detail: reason == .held ? Hold.pause("connector:slack").text : "")
        let before = ResidentMemory().bytes
        let clock = ContinuousClock()
        var queue = PartitionQueue(ledger: OffsetLedger(start: Int64(count) * 2), payloadLimit: 0)
        let restoring = clock.measure {
            for number in 0..<count {
                let store = number % stores
                queue.restore(
                    QueuedRun(
                        key: RunKey(
                            id: .actionRun(
                                store: "s", source: "x", event: String(number), workflow: "w", stepPath: "0"),
                            replay: 0),
                        position: Int64(number),
                        orderingKey: "tea-house-\(store).myshopify.com/loyalty/customer-\(number)",
                        store: "tea-house-\(store).myshopify.com", attempts: 3, age: 65_000,
                        firstAttempt: 1_764_000_000_000,
                        record: nil),
                    cause: cause, offset: Int64(number),
                    dueIn: reason == .retry || reason == .wait ? .seconds(3600 + number * 7919 % 3600) : nil,
                    now: .zero)
            }
        }
        let filled = ResidentMemory().bytes
        let settling = clock.measure { queue.restored(now: .zero) { _ in true } }
        let restored = ResidentMemory().bytes
        var ready = queue.takeReady().count
        let releasing = clock.measure {
            queue.releaseHeld { _ in true }
            while let due = queue.nextDue, due <= .seconds(8000) {
                queue.release(now: .seconds(8000))
                ready += queue.takeReady().count
            }
        }
        let released = ResidentMemory().bytes
        print(
            """
            {"count": \(count), "stores": \(stores), "reason": "\(reason.rawValue)", \
            "bytes_per_run": \((restored - before) / count), "bytes_per_run_before_restored": \((filled - before) / count), \
            "restore_s": \(restoring.seconds), "restored_s": \(settling.seconds), "release_all_s": \(releasing.seconds), \
            "ready": \(ready), "bytes_per_run_released": \((released - before) / count), "waiting": \(queue.waitingCount)}
            """)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
