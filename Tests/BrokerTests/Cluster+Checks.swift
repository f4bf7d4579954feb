// The promises that every test of the whole path checks at its end.

import Flow
import Kafka
import Liquid
import MockVendor
import Testing

extension Cluster {
    /// Nothing lost: each event that lies in the trigger topics was matched, each run it started has ended, and each
    /// action that a run says succeeded succeeded at the vendor, and the other way round.
    func expectNothingLost(_ history: RunHistory, events count: Int) async throws {
        var emitted: Set<RunHistory.Event> = []
        for record in try await records(of: topics.triggers("loyaltylion")) {
            let wire = record.headers.last { $0.name == HeaderName.id }
            emitted.insert(
                RunHistory.Event(
                    store: String(decoding: record.key ?? [], as: UTF8.self),
                    id: String(decoding: wire?.value ?? [], as: UTF8.self)))
        }
        #expect(emitted.count == count, "as many events lie in the topic as were emitted")
        #expect(emitted.subtracting(history.events.keys).isEmpty, "every event was matched")
        let open = history.started.keys.filter { history.ends[$0] == nil }
        #expect(open.isEmpty, "every run that started has ended")
        #expect(
            Set(history.ends.keys).subtracting(history.started.keys).isEmpty, "every end belongs to a run")
        let delivered = Set(vendor.log.entries().filter(\.isSuccess).map(\.runID))
        #expect(delivered == history.succeededActions, "the vendor has seen what the runs say")
    }

    /// Exactly once in Kafka: no record of any kind twice, attempts without gaps.
    func expectExactlyOnce(_ history: RunHistory) {
        #expect(history.repeatedRecords == 0, "no record repeats another")
        #expect(history.gappedRuns.isEmpty, "attempts count on from one another")
    }

    /// Both groups have committed all that lies in their topics.
    func expectNoLag() async throws {
        #expect(try await lag(of: topics.matcherGroup, in: topics.triggers("loyaltylion")) == 0)
        for connector in ["slack", "trello"] {
            #expect(try await lag(of: topics.senderGroup, in: topics.actions(connector)) == 0)
        }
    }

    /// Action runs that reached the vendor before one that had to be done first.
    ///
    /// The key is what the vendor sees: store, workflow's action, customer. The place is the event's offset in the
    /// trigger topic, which the event's run record tells.
    func inversions(_ history: RunHistory) -> [DeliveryInversion] {
        vendor.log.inversions { entry in
            let customer = entry.properties["channel"] ?? entry.properties["listId"]
            guard let run = history.actionRuns[entry.runID], let event = history.events[run.event]?.first
            else {
                return nil
            }
            return DeliveryPlace(
                key: "\(entry.store)/\(run.workflow)/\(entry.action)/\(customer?.jsonText ?? "")",
                place: event.offset)
        }
    }

    /// Requests that the vendor got beyond the attempts that were recorded: sent, and forgotten in a crash.
    func forgottenAttempts(_ history: RunHistory) -> Int {
        vendor.log.stats.requests - history.attemptCount
    }
}
