# SPDX-License-Identifier: Apache-2.0
# gitlab_schema.rb - hold JSON files against a JSON Schema with the library that GitLab itself does it with
#
#	ruby tests/reports/gitlab_schema.rb SCHEMA FILE...
#
# Prints each place that does not conform; exits with 1 if there is one, or if there is nothing to check.
require 'json'
require 'pathname'
require 'set' # json_schemer of Debian 12 forgets to
require 'json_schemer'

schema = JSONSchemer.schema(Pathname.new(ARGV.shift))
bad = ARGV.empty?
ARGV.each do |path|
  schema.validate(JSON.parse(File.read(path, encoding: 'UTF-8'))).each do |error|
    bad = true
    puts "#{path} #{error['data_pointer']} #{error['type']} #{error['data'].inspect[0, 300]}"
  end
end
exit(bad ? 1 : 0)
