# SPDX-License-Identifier: Apache-2.0
#
# junit.rb - what GitLab makes of JUnit reports: ActiveSupport's Hash.from_xml, then a walk over suites
#
#	ruby tests/reports/junit.rb FILE...
#	ruby tests/reports/junit.rb --cases FILE
#
# Prints "FILE: N suites, N cases, N failed, N error, N skipped, N success", or with --cases a line for each
# case: outcome, suite, class, name, and the text that GitLab shows. Exits with 1 if a file cannot be read, a suite's attributes
# are not what is in it, two cases have the same suite, class and name (GitLab drops one), or a case that
# did not succeed has no text.
require 'active_support'
require 'active_support/core_ext/hash/conversions'

# The content of one that failed is what is told first.
OUTCOMES = { 'failure' => 'failed', 'error' => 'error', 'skipped' => 'skipped' }.freeze

def list(node)
  node.is_a?(Hash) ? [node] : Array(node)
end

def suites(root)
  found = root['testsuites'] || root
  raise 'there is no suite' unless found.is_a?(Hash) && found['testsuite']

  list(found['testsuite'])
end

def read_case(suite, node)
  kind = OUTCOMES.keys.find { |k| node.key?(k) }
  { outcome: kind ? OUTCOMES[kind] : 'success', suite: suite['name'], class: node['classname'], name: node['name'],
    text: kind && node[kind] }
end

def problems_of(suite, cases)
  said = { 'tests' => cases.size, 'failures' => 'failed', 'errors' => 'error', 'skipped' => 'skipped' }
  bad = said.map do |attribute, wanted|
    wanted = cases.count { |c| c[:outcome] == wanted } unless wanted.is_a?(Integer)
    "#{attribute} is #{suite[attribute]}, not #{wanted}" unless suite[attribute] == wanted.to_s
  end
  bad += cases.map { |c| "no text: #{c}" if c[:outcome] != 'success' && (!c[:text].is_a?(String) || c[:text].strip.empty?) }
  bad << 'there is no case' if cases.empty?
  bad.compact
end

def read_report(path)
  found = suites(Hash.from_xml(File.read(path, encoding: 'UTF-8')))
  cases = []
  bad = []
  found.each do |suite|
    its = list(suite['testcase']).map { |node| read_case(suite, node) }
    bad += problems_of(suite, its)
    cases += its
  end
  same = cases.group_by { |c| c.values_at(:suite, :class, :name) }.select { |_, all| all.size > 1 }
  [found.size, cases, bad + same.keys.map { |key| "twice: #{key.join(' | ')}" }]
end

each_case = ARGV.delete('--cases')
failed = ARGV.empty?
ARGV.each do |path|
  n, cases, bad = read_report(path)
  cases.each { |c| puts c.values.compact.map { |v| v.gsub(/\s+/, ' ').strip }.join(' | ') } if each_case
  counts = %w[failed error skipped success].map { |o| "#{cases.count { |c| c[:outcome] == o }} #{o}" }
  puts "#{path}: #{n} suites, #{cases.size} cases, #{counts.join(', ')}" unless each_case
  bad.each { |b| puts "#{path}: #{b}" }
  failed ||= !bad.empty?
rescue StandardError => e
  puts "#{path}: #{e.class}: #{e.message[0, 300]}"
  failed = true
end
exit(failed ? 1 : 0)
