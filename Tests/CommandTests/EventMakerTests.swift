import Connectors
import Flow
import Liquid
import Testing

@testable import sluice

/// The events of `emit`: which, in what order, and the same again for the same seed.
@Suite struct EventMakerTests {
    private static func trigger(_ text: String) throws -> NamedTrigger {
        try Catalogue.builtIn().namedTrigger(text)
    }

    private static func all(_ maker: EventMaker) throws -> [TriggerEvent] {
        var maker = maker
        var events: [TriggerEvent] = []
        while let event = try maker.next() { events.append(event) }
        return events
    }

    private static func maker(
        _ triggers: [String] = ["loyaltylion/moved-up-tier"], stores: StoreNames = .named(["a.b"]),
        count: Int? = nil,
        seed: UInt64 = 1
    ) throws -> EventMaker {
        var maker = EventMaker(triggers: try triggers.map(trigger), stores: stores, count: count, seed: seed)
        maker.time = { "2026-01-01T00:00:00Z" }
        return maker
    }

    @Test func `equal seeds make equal events, and others make others`() throws {
        let first = try Self.all(Self.maker(count: 20, seed: 7))
        #expect(try Self.all(Self.maker(count: 20, seed: 7)) == first)
        #expect(try Self.all(Self.maker(count: 20, seed: 8)) != first)
        #expect(Set(first.map(\.identity.id)).count == 20)
        #expect(try Self.all(Self.maker(count: 5, seed: 7)) == Array(first.prefix(5)))
    }

    @Test func `triggers take turns first, then stores`() throws {
        let events = try Self.all(
            Self.maker(
                ["loyaltylion/moved-up-tier", "okendo/review-created"].filter {
                    (try? Self.trigger($0)) != nil
                }
                    + ["loyaltylion/birthday-today"],
                stores: .numbered(2)))
        let triggers = Set(events.map(\.identity.trigger)).count
        #expect(events.count == 2 * triggers)
        #expect(Set(events.prefix(triggers).map(\.identity.store)) == ["store-0001.myshopify.com"])
        #expect(Set(events.suffix(triggers).map(\.identity.store)) == ["store-0002.myshopify.com"])
    }

    @Test func `a count goes round the stores`() throws {
        let events = try Self.all(Self.maker(stores: .named(["a", "b"]), count: 5))
        #expect(events.map(\.identity.store) == ["a", "b", "a", "b", "a"])
    }

    @Test func `a given id is kept for one event, and numbered for several`() throws {
        var maker = try Self.maker()
        maker.id = "x"
        #expect(try Self.all(maker).map(\.identity.id) == ["x"])
        maker = try Self.maker(count: 2)
        maker.id = "x"
        #expect(try Self.all(maker).map(\.identity.id) == ["x-1", "x-2"])
    }

    @Test func `every trigger's sample fits it`() throws {
        let catalogue = try Catalogue.builtIn()
        for connector in catalogue.connectors {
            for trigger in connector.triggers {
                var maker = EventMaker(
                    triggers: [NamedTrigger(connector: connector, trigger: trigger)], stores: .named(["s"]),
                    seed: 3)
                maker.data = try #require(try maker.next()).payload
                let again = EventMaker(triggers: maker.triggers, stores: .named(["s"]), seed: 3)
                var checked = again
                checked.data = maker.data
                #expect(try checked.next() != nil)
            }
        }
    }

    @Test func `a payload that doesn't fit is refused, unless nobody is to look`() throws {
        var maker = try Self.maker()
        maker.data = ["tierName": true]
        let error = #expect(throws: CommandError.self) {
            var copy = maker
            _ = try copy.next()
        }
        #expect(error?.code == .wrongUse)
        #expect(error?.details.count == 2)
        maker.validates = false
        #expect(try maker.next()?.payload == ["tierName": true])
    }

    @Test func `a payload over the limit is refused`() throws {
        var maker = try Self.maker()
        maker.data = ["customer_id": 1, "tierName": .string(String(repeating: "x", count: 50_000))]
        #expect(throws: CommandError.self) {
            var copy = maker
            _ = try copy.next()
        }
    }

    @Test func `made-up stores are numbered with four digits or more`() {
        #expect(StoreNames.numbered(3)[0] == "store-0001.myshopify.com")
        #expect(StoreNames.numbered(3)[3] == "store-0001.myshopify.com")
        #expect(StoreNames.numbered(20_000)[12_344] == "store-12345.myshopify.com")
    }
}
