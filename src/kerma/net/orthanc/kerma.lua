-- Orthanc as a door to Kerma: every object that Orthanc receives goes on to Kerma, and is deleted
-- here once Kerma has it on disk. While Kerma cannot be reached, objects stay in Orthanc and are
-- tried again every minute ("StableAge" in the configuration). Nothing else should use this Orthanc.
--
-- Written by the command "kerma orthanc" from the rules of the site. Restart Orthanc after a change.

-- Where to deliver. Address of STOW-RS and a token, both from Kerma's page "Tokens of programs" …
local kerma_url = @url@
local kerma_token = @token@
-- … or a folder that Kerma watches; if it is set, the address is not used.
local watched_folder = @folder@

-- Objects that meet one of these lists are deleted at once, and Kerma never hears of them.
-- Whole values, upper and lower case alike; * stands for any characters, ? for one.
local manufacturers_to_ignore = @manufacturers_to_ignore@
local model_names_to_ignore = @model_names_to_ignore@
local station_names_to_ignore = @station_names_to_ignore@
local software_versions_to_ignore = @software_versions_to_ignore@
local device_serial_numbers_to_ignore = @device_serial_numbers_to_ignore@

-- CT, MR and ultrasound images carry no dose, so that they are deleted at once, except for three
-- kinds. The first are physics tests, which Kerma keeps in its physics folder: any part of the
-- patient's name or ID meets one of these.
local use_physics_filtering = @use_physics_filtering@
local physics_to_keep = @physics_to_keep@

-- The second are studies of scanners without dose reports, as {'Manufacturer', 'Model name'}.
local use_toshiba_ct_extractor = @use_toshiba_ct_extractor@
local toshiba_extractor_systems = @toshiba_extractor_systems@

-- The third are dose screens that a scanner saves as CT images: Image Type or Series Description
-- contains one of these. Secondary captures go on in any case.
local image_types_of_screens = {'\\SCREEN SAVE', '\\CT_SOM* PROT'}
local series_of_screens = {'dose report', 'dose info', 'dose summary', 'patient protocol',
   'patientenprotokoll', 'protocole patient', 'protocolo del paciente', 'protocollo paziente'}

-- Set this to true to deliver all images, and let Kerma alone decide.
local deliver_all_images = false

--------------------------------------------------------------------------------------------------

local WITHOUT_DOSE = {
   ['1.2.840.10008.5.1.4.1.1.2'] = true, -- CT
   ['1.2.840.10008.5.1.4.1.1.2.1'] = true, -- Enhanced CT
   ['1.2.840.10008.5.1.4.1.1.2.2'] = true, -- Legacy converted enhanced CT
   ['1.2.840.10008.5.1.4.1.1.4'] = true, -- MR
   ['1.2.840.10008.5.1.4.1.1.4.1'] = true, -- Enhanced MR
   ['1.2.840.10008.5.1.4.1.1.4.4'] = true, -- Legacy converted enhanced MR
   ['1.2.840.10008.5.1.4.1.1.3.1'] = true, -- Ultrasound, several frames
   ['1.2.840.10008.5.1.4.1.1.6.1'] = true, -- Ultrasound
}
local STORED, FAILED = '00081199', '00081198' -- Referenced and Failed SOP Sequence (PS3.18 I.2)
local CLOCK = 'KERMA-CLOCK'
local PORTION = 50
local PORTION_S = 10
local FAILURES = 3
local PAUSE_S = 30
local LATER_S = {0, 60, 240, 960, 3600}

local clock = nil -- the object that tells time, see set_clock
local goes_on = false -- whether a portion ended because it was long enough, not by a failure
local not_before = 0 -- when to try again after a failure that may be one of Kerma as a whole
local failed = {} -- objects that failed since the last one that did not
local blame = {} -- objects that failed just before others did not, and how often
local later = {} -- when to try those again

-- Pattern of Lua for a text in which * and ? stand for characters.
local function pattern_of(text, whole)
   local inner = text:lower():gsub('[%^%$%(%)%%%.%[%]%+%-]', '%%%0'):gsub('%*', '.*'):gsub('%?', '.')
   return whole and '^' .. inner .. '$' or inner
end

local function is_met(value, patterns, whole)
   local text = (value or ''):lower():gsub('^%s+', ''):gsub('%s+$', '')
   if text == '' then
      return false
   end
   for _, one in ipairs(patterns) do
      if text:find(pattern_of(one, whole)) then
         return true
      end
   end
   return false
end

-- The same for an attribute that may have several values.
local function is_any_met(value, patterns)
   for one in ((value or '') .. '\\'):gmatch('([^\\]*)\\') do
      if is_met(one, patterns, true) then
         return true
      end
   end
   return is_met(value, patterns, true)
end

local function is_ignored(tags)
   return is_any_met(tags.Manufacturer, manufacturers_to_ignore)
      or is_any_met(tags.ManufacturerModelName, model_names_to_ignore)
      or is_any_met(tags.StationName, station_names_to_ignore)
      or is_any_met(tags.SoftwareVersions, software_versions_to_ignore)
      or is_any_met(tags.DeviceSerialNumber, device_serial_numbers_to_ignore)
end

local function is_physics(tags)
   return use_physics_filtering and (is_met(tags.PatientName, physics_to_keep, false)
      or is_met(tags.PatientID, physics_to_keep, false)
      or is_met(tags.OtherPatientIDs, physics_to_keep, false))
end

local function is_without_reports(tags)
   if not use_toshiba_ct_extractor then
      return false
   end
   for _, system in ipairs(toshiba_extractor_systems) do
      if is_met(tags.Manufacturer, {system[1]}, true)
         and is_met(tags.ManufacturerModelName, {system[2]}, true) then
         return true
      end
   end
   return false
end

local function is_screen(tags)
   return is_met(tags.ImageType, image_types_of_screens, false)
      or is_met(tags.SeriesDescription, series_of_screens, false)
end

local function is_wanted(tags)
   if is_ignored(tags) then
      return false
   end
   return deliver_all_images or not WITHOUT_DOSE[tags.SOPClassUID]
      or is_physics(tags) or is_without_reports(tags) or is_screen(tags)
end

local function succeeded(result)
   return result == true or result == 0 -- Lua 5.1 gives the number, later ones true
end

-- Write an object into the watched folder; true once it is on disk under its own name.
local function write(id, dicom)
   local draft = watched_folder .. '/' .. id .. '.part'
   local file = io.open(draft, 'wb')
   if file == nil then
      return false
   end
   local is_whole = file:write(dicom) and file:close()
   local quoted = "'" .. draft:gsub("'", "'\\''") .. "'"
   if not is_whole or not succeeded(os.execute('sync ' .. quoted)) then
      os.remove(draft)
      return false
   end
   return os.rename(draft, watched_folder .. '/' .. id .. '.dcm') ~= nil
end

-- Send an object by STOW-RS; true if Kerma says that it has it. Orthanc hands out an empty text for
-- an answer that refuses, as it does for none, so that only the list of what was stored counts.
local function send(id, dicom)
   local mark = 'kerma-' .. id
   local body = '--' .. mark .. '\r\nContent-Type: application/dicom\r\n\r\n'
      .. dicom .. '\r\n--' .. mark .. '--\r\n'
   local answer = HttpPost(kerma_url, body, {
      ['Content-Type'] = 'multipart/related; type="application/dicom"; boundary=' .. mark,
      ['Accept'] = 'application/dicom+json',
      ['Authorization'] = 'Bearer ' .. kerma_token,
      ['Expect'] = '',
   })
   return answer ~= nil and answer:find(STORED, 1, true) ~= nil
      and answer:find(FAILED, 1, true) == nil
end

-- Note that an object was delivered, so that those which failed just before may be at fault
-- themselves. They are tried more and more seldom, and do not make others wait any more.
local function note_success(id)
   for other in pairs(failed) do
      blame[other] = math.min((blame[other] or 0) + 1, #LATER_S)
      later[other] = os.time() + LATER_S[blame[other]]
   end
   failed, blame[id], later[id], not_before = {}, nil, nil, 0
end

-- Note that an object was not delivered: it stays.
local function note_failure(id)
   failed[id] = true
   if blame[id] == nil then
      print('Kerma does not take the object ' .. id .. '. It stays in Orthanc and is tried again.')
      not_before = os.time() + PAUSE_S
   end
end

-- Deliver or drop one object; false if it could not be delivered and stays.
local function take(id, tags)
   if is_wanted(tags) then
      local dicom = RestApiGet('/instances/' .. id .. '/file', true)
      if dicom ~= nil then
         local deliver = watched_folder ~= '' and write or send
         if not deliver(id, dicom) then
            note_failure(id)
            return false
         end
         note_success(id)
      end
   end
   RestApiDelete('/instances/' .. id, true)
   return true
end

-- This version of Orthanc has no timer for scripts. A small object of our own serves as one: its
-- study becomes stable some time after it was made, and Orthanc tells us.
local function set_clock()
   if clock == nil then
      local made = RestApiPost('/tools/create-dicom', DumpJson({
         Tags = {PatientID = CLOCK, StudyID = CLOCK, Modality = 'OT'}
      }, true), true)
      clock = made and ParseJson(made)['ID']
   end
end

local function remove_clock()
   if clock ~= nil then
      RestApiDelete('/instances/' .. clock, true)
      clock = nil
   end
end

-- Deal with one object that stayed; returns whether it is gone, and whether it failed.
local function take_again(id)
   if (later[id] or 0) > os.time() then
      return false, false
   end
   local tags = RestApiGet('/instances/' .. id .. '/simplified-tags', true)
   local parsed = tags and ParseJson(tags)
   if parsed == nil then
      return true, false
   end
   if parsed.StudyID == CLOCK then
      RestApiDelete('/instances/' .. id, true)
      return true, false
   end
   local is_gone = take(id, parsed)
   return is_gone, not is_gone
end

-- Try again a portion of what stayed, from a place that chance decides, so that no object that can
-- never be delivered stands before the others for ever.
local function sweep()
   local count = tonumber(ParseJson(RestApiGet('/statistics', true))['CountInstances'])
   local since = math.random(0, math.max(0, count - PORTION))
   local found = ParseJson(RestApiGet('/instances?since=' .. since .. '&limit=' .. PORTION, true))
   local done, failures, started = 0, 0, os.time()
   for _, id in ipairs(found) do
      if failures >= FAILURES or os.time() - started >= PORTION_S then
         break
      end
      local is_gone, has_failed = take_again(id)
      done = done + (is_gone and 1 or 0)
      failures = failures + (has_failed and 1 or 0)
   end
   goes_on = failures == 0 and done > 0
   if done < count then
      set_clock()
   end
end

function Initialize()
   math.randomseed(os.time())
   goes_on = false
   set_clock()
end

function OnStoredInstance(id, tags, metadata, origin)
   if tags.StudyID == CLOCK then
      if goes_on and id == clock then
         remove_clock()
         sweep()
      end
      return
   end
   if os.time() < not_before then
      set_clock()
   elseif not take(id, tags) then
      goes_on = false
      set_clock()
   end
end

function OnStableStudy(id, tags, metadata)
   if tags.StudyID == CLOCK then
      remove_clock()
      sweep()
   end
end
