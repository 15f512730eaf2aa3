import Foundation
import Migration
import Testing

@testable import Matching

@Suite("What consoles call procedures") struct VocabularyTests {
    private let chest = ExamVocabulary.Procedure(modality: "CR", words: "CHEST PA")
    private let skull = ExamVocabulary.Procedure(modality: "CR", words: "SKULL AP/LAT")

    @Test("Sides are parted from words, in whatever way they are written", arguments: [
        ("Knee AP/Lat Rt.", "KNEE AP/LAT", "R"), ("(Rt.) KNEE", "KNEE", "R"), ("우측 슬관절", "슬관절", "R"), ("左 HAND", "HAND", "L"), ("knee left", "KNEE", "L"),
        ("L-SPINE AP", "L-SPINE AP", ""), ("L SPINE AP/LAT", "L SPINE AP/LAT", ""), ("KNEE R L", "KNEE", "RL"), ("", "", ""),
    ])
    func sides(text: String, words: String, side: String) {
        let found = ExamText(text)
        #expect(found.words == words)
        #expect(found.side == (side == "R" ? .right : side == "L" ? .left : nil))
        #expect(found.hasBothSides == (side == "RL"))
    }

    @Test("Words of a procedure speak for it and against others; what nobody saw says nothing")
    func weights() {
        let vocabulary = Hospital.vocabulary
        #expect(vocabulary.weight(of: "CXR", .description, chest) > 1)
        #expect(vocabulary.weight(of: "CXR", .description, skull) < -2)
        #expect(vocabulary.weight(of: "MRCP", .description, chest) == 0)
        #expect(vocabulary.rareness(of: "CXR", .description, skull, least: 5) < -2.5)
        #expect(vocabulary.rareness(of: "CXR", .description, chest, least: 5) == 0)
        #expect(vocabulary.rareness(of: "CXR", .description, skull, least: 5000) == 0)
        // Both procedures of the knee are one without the side.
        #expect(vocabulary.total(of: "KNEE", .description, "CR") == 100)
    }

    @Test("What was learned is read back as it was written, without what was met with fewer than three patients")
    func coding() throws {
        let learned = Hospital.vocabulary
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let back = try JSONDecoder().decode(ExamVocabulary.self, from: try encoder.encode(learned))
        #expect(back == learned)
        var rare = VocabularyLearner(mapping: ModalityMapping())
        rare.add(studies: [Hospital.exam(1, written: "KIM YOUNGHEE")], orders: [Hospital.ordered(1, "Chest PA")])
        #expect(rare.studies == 1)
        #expect(!String(decoding: try encoder.encode(rare.vocabulary()), as: UTF8.self).contains("YOUNGHEE"))
        for count in ["-1", "0", "1e308"] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(
                    ExamVocabulary.self, from: Data(#"{"procedures":[{"modality":"CR","words":"X","counts":{"word":{"RED":\#(count)}}}]}"#.utf8))
            }
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                ExamVocabulary.self, from: Data(#"{"procedures":[{"modality":"CR","words":"X","counts":{"colour":{"RED":1}}}]}"#.utf8))
        }
    }

    @Test("Learned is from what the rule settles and the birth date confirms, and from days that are shared out")
    func learning() {
        func learn(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) -> (studies: Int, chest: Double) {
            var learner = VocabularyLearner(mapping: ModalityMapping())
            learner.add(studies: studies, orders: orders)
            learner.beginNextRound()
            learner.add(studies: studies, orders: orders)
            return (learner.studies, learner.vocabulary().total(of: "CXR", .description, "CR"))
        }
        #expect(learn([Hospital.exam(1, written: "CXR")], [Hospital.ordered(1, "Chest PA")]) == (1, 1))
        let days = (1...5).map { Hospital.exam($0, date: "1999031\($0)", written: "CXR") }
        let five = learn(days, (1...5).map { Hospital.ordered($0, "Chest PA", date: "1999031\($0)") })
        #expect(five == (5, 1), "what one patient says counts once")
        #expect(learn([Hospital.exam(1, birthDate: "", written: "CXR")], [Hospital.ordered(1, "Chest PA")]) == (0, 0))
        #expect(learn([Hospital.exam(1, name: "LEE^AERI", written: "CXR")], [Hospital.ordered(1, "Chest PA")]) == (0, 0))
        let two = [Hospital.ordered(1, "Chest PA"), Hospital.ordered(2, "Skull AP/Lat")]
        #expect(learn([Hospital.exam(1, written: "CXR"), Hospital.exam(2, written: "SKULL")], two) == (0, 1))
        #expect(learn([Hospital.exam(1, written: "CXR")], two) == (0, 0))
    }

    @Test("Exams that are hardly ever ordered alone are learned in further rounds")
    func rounds() {
        func weight(rounds: Int) -> Double {
            var learner = VocabularyLearner(mapping: ModalityMapping())
            for round in 1...rounds {
                if round > 1 { learner.beginNextRound() }
                for number in 0..<100 {
                    let patient = String(10_000_000 + number)
                    let studies = [
                        Hospital.exam(1, patientID: patient, written: "GIF", images: 12), Hospital.exam(2, patientID: patient, written: "CLO", images: 2),
                    ]
                    let orders = [Hospital.ordered(1, "Gastroscopy", patientID: patient), Hospital.ordered(2, "CLO test", patientID: patient)]
                    let isAlone = number < 2
                    learner.add(studies: isAlone ? [studies[number]] : studies, orders: isAlone ? [orders[number]] : orders)
                }
            }
            return learner.vocabulary().weight(of: "GIF", .description, ExamVocabulary.Procedure(modality: "CR", words: "GASTROSCOPY"))
        }
        let (second, last) = (weight(rounds: 2), weight(rounds: VocabularyLearner.rounds))
        #expect(second > 0)
        #expect(last > second * 1.1, "\(second), then \(last)")
        #expect(abs(weight(rounds: VocabularyLearner.rounds + 1) - last) < last * 0.02)
    }
}
