import Pipeline
import Testing

@Suite struct FloodGuardTests {
    @Test func `it trips when half of what ends are dead letters, and says of how many`() {
        var guardian = FloodGuard(.init(share: 0.5, minimum: 100))
        var flood: FloodGuard.Flood?
        var ends = 0
        while flood == nil, ends < 1_000 {
            flood = guardian.ended(of: "store-\(ends % 20)", isLetter: ends >= 40)
            ends += 1
        }
        #expect(flood?.stores == 20)
        #expect(ends == 100)
        #expect(flood?.letters == 60)
    }

    @Test func `one store's mistakes stop nobody else`() {
        var guardian = FloodGuard(.init(share: 0.5, minimum: 100))
        for round in 0..<200 {
            for _ in 0..<20 {
                let value15 = guardian.ended(of: "wrong", isLetter: true) == nil || round == 0
                #expect(value15)
            }
            for store in 0..<10 {
                let value16 = guardian.ended(of: "fine-\(store)", isLetter: false) == nil
                #expect(value16)
            }
        }
    }

    @Test func `few ends are no flood`() {
        var guardian = FloodGuard(.init(share: 0.5, minimum: 100))
        for number in 0..<99 {
            let isQuiet = guardian.ended(of: "s\(number % 3)", isLetter: true) == nil
            #expect(isQuiet)
        }
        let hasTripped = guardian.ended(of: "s", isLetter: true) != nil
        #expect(hasTripped)
        let isAnew = guardian.ended(of: "s", isLetter: true) == nil
        #expect(isAnew)
    }

    @Test(arguments: [1, 2])
    func `a sender that sees few stores doesn't take their mistakes for the connector's`(
        stores: Int
    ) {
        var guardian = FloodGuard(.init(share: 0.5, minimum: 100))
        for number in 0..<5_000 {
            let isQuiet = guardian.ended(of: "wrong-\(number % stores)", isLetter: true) == nil
            #expect(isQuiet)
            let isFine = guardian.ended(of: "fine", isLetter: false) == nil
            #expect(isFine)
        }
    }

    @Test func `stores beyond its memory push out those that were quiet for longest`() {
        var guardian = FloodGuard(.init(share: 0.5, minimum: 1_000_000))
        for store in 0..<5_000 {
            let value20 = guardian.ended(of: "\(store)", isLetter: true) == nil
            #expect(value20)
        }
    }
}
