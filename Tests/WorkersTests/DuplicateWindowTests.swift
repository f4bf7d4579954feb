import Testing
import Workers

@Suite struct DuplicateWindowTests {
    @Test func `an id is refused within the window and accepted after it`() {
        var window = DuplicateWindow<String>(countLimit: 2, ageLimit: 100)
        let seen = [("a", 0), ("a", 100), ("a", 101), ("b", 101), ("c", 101)].map {
            window.insert($0.0, at: $0.1)
        }
        #expect(seen == [true, false, true, true, true])
        #expect(window.count == 2)
        let returned = window.insert("a", at: 101)
        #expect(returned)
    }
}

@Suite struct BudgetTests {
    @Test func `a full budget opens again at half of both limits`() {
        var budget = Budget(countLimit: 4, byteLimit: 100)
        for _ in 0..<4 { budget.take(10) }
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 10)
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 10)
        #expect(!budget.isFull)
        budget.take(90)
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 90)
        #expect(!budget.isFull)
    }
}
